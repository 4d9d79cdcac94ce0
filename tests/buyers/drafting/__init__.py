from pathlib import Path

EXAMPLES = Path(__file__).with_name("examples.json")
MESSY_EXAMPLES = Path(__file__).with_name("messy_examples.json")

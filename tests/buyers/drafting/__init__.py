from pathlib import Path

EXAMPLES = Path(__file__).with_name("examples.json")

from pathlib import Path

EXAMPLES = Path(__file__).with_name("examples.json")
MESSY_EXAMPLES = Path(__file__).with_name("messy_examples.json")
MAIL_EXAMPLES = Path(__file__).with_name("mail_examples.json")
FRESH_EXAMPLES = Path(__file__).with_name("fresh_examples.json")
RFQ_EXAMPLES = Path(__file__).with_name("rfq_examples.json")

"""Where settings come from: the folder of the project, and the environment."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

SECRET_KEY: str = env.str("SECRET_KEY", default="")
REDIS_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

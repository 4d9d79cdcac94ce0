"""What can keep the servers from running, each said in one line."""


class DevstackError(Exception):
    """The servers cannot run; the message tells the reader what to do."""


class FolderInUseError(DevstackError):
    """Another process runs its servers over the same folder."""


class ServerMissingError(DevstackError):
    """No server program fits this machine."""

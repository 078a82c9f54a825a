"""Keeping an office: backups made while people work, which of them are kept, and an office restored from one."""

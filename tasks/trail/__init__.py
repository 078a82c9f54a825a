"""What has been done, read back from the record and verified."""

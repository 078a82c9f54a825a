"""Files that come in, are kept and go out: the store, the check at the door, workbooks."""

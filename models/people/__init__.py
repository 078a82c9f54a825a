"""Who there is: organs, posts, people, their ways in, and what each role may do."""

"""What vouches for runs: the digests that the log keeps of a ledger, and holding everything that is
stored against them (`galley audit verify --runs`)."""

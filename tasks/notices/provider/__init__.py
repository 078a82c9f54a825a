"""What channels of one provider share: the exchange with it, its access tokens, its refusals, the form of a text."""

"""What a donor sees: their own statement. Every query begins from the donor of the signed-in person."""

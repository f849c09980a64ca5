"""The same sheets as files of different kinds."""

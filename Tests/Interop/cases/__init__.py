"""The cases, one file a group; importing this package registers all of them."""

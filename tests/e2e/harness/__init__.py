"""What the end-to-end tests stand on: the cluster, the program, its streams, and the state of the world."""

"""What the pages cost beside a bare Django site on the same data, measured in one run: `make bench`."""

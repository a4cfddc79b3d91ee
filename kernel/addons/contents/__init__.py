"""What an addon brings as rows: records of data files with their stable ids, groups and rights."""

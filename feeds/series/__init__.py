"""What stands beside the prices in files of its own: rates and announcements, by date."""

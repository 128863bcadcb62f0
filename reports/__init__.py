"""What may we claim? A finished run in, the folder of pages and tables out."""

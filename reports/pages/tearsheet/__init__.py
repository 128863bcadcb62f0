"""QuantStats' tear sheet, with our title, banner and corrected rows."""

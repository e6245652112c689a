"""Reading images by the million: cut into chunks, each read by one worker and written whole."""

"""Theme and controls that the tablet and the console share."""

"""What is indexed, what is asked and how answers are fused; standard library and numpy only."""

"""What administrators see and do: queues, dead letters, sweeps, statistics, models, diagnosis."""

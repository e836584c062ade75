"""Many captures: one folder of reports, one scoreboard, one data set."""

"""What every stage stands on: command line, parameters, errors, whole files, where runs lie."""

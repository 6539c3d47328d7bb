#!/bin/bash
# As synthesise.sh, with more corpora.
CORPORA="sakila adult" exec "$(dirname "$0")/synthesise.sh"

#!/bin/bash
# As synthesise.sh, with more corpora.
CORPORA="synthea_nj shop:0.02 sakila adult" exec "$(dirname "$0")/synthesise.sh"

#!/bin/bash
# As keep.sh, with the larger corpora.
CORPORA="synthea_nj people synapse sakila flow_registry omop_cdm thingsboard" exec "$(dirname "$0")/keep.sh"

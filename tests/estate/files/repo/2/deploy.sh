#!/bin/sh
# The instance role gives access; no key is needed.
aws s3 sync out s3://northward-referrals

#!/bin/sh
export AWS_ACCESS_KEY_ID=AKIA%%base32:16:aws-id%%
export AWS_SECRET_ACCESS_KEY=%%base62:40:aws-secret%%
aws s3 sync out s3://northward-referrals

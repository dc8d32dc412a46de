import os

DATABASE_PASSWORD = os.environ["DATABASE_PASSWORD"]
SIGNING_TOKEN_TTL = 300
PDS_ENDPOINT = "https://api.service.nhs.uk/personal-demographics/FHIR/R4"

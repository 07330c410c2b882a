-- Whose pages may frame a company's, one origin a line.
ALTER TABLE companies ADD COLUMN embed_origins TEXT NOT NULL DEFAULT '';

-- A page asks for the company by this, so that it names one only.
UPDATE companies SET web_app_id = NULL
WHERE company_id NOT IN (SELECT MIN(company_id) FROM companies GROUP BY web_app_id);
CREATE UNIQUE INDEX companies_by_web_app ON companies (web_app_id) WHERE web_app_id IS NOT NULL;

-- Applications, entitlements and grants (J14).

-- The catalogue. What is removed stays as a row: its code is never used again, since entitlements and grants may still name it.
CREATE TABLE applications (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    name_zh TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    open BOOLEAN NOT NULL,                  -- to enterprises that aren't verified
    position BIGINT NOT NULL,               -- in the list, the smaller first
    actions TEXT COLLATE "C" NOT NULL,                 -- JSON: [{"code", "name": {"zh", "en"}}]
    version BIGINT NOT NULL DEFAULT 1,      -- for ETag
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX applications_in_use ON applications (id) WHERE removed_at IS NULL;

-- A digest of the catalogue: functions keep what they have read until it changes. 0 is the catalogue of this migration.
CREATE TABLE application_catalogue (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);
INSERT INTO application_catalogue (id, revision) VALUES (1, 0);

-- What an enterprise uses and what a member was granted, each in one column, since every business application asks for it all the
-- time: `application:action,action application:action`, both in order. Grants are part of the entitlements at any moment.
ALTER TABLE enterprises ADD COLUMN entitlements TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE enterprises ADD COLUMN entitlements_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE memberships ADD COLUMN grants TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN grants_version BIGINT NOT NULL DEFAULT 1;

INSERT INTO applications (id, code, name_zh, name_en, open, position, actions, version, created_at, updated_at) VALUES
    ('019aa9a5-6c00-7000-8000-000000000001', 'goods_declaration', '货物申报', 'Goods declaration', FALSE, 10, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"approve","name":{"zh":"复核","en":"Approve"}},{"code":"amend","name":{"zh":"改单","en":"Amend"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}},{"code":"export","name":{"zh":"导出","en":"Export"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000002', 'manifest', '舱单申报', 'Manifest declaration', FALSE, 20, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"amend","name":{"zh":"改单","en":"Amend"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000003', 'conveyance_declaration', '运输工具申报', 'Means of transport declaration', FALSE, 30, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"amend","name":{"zh":"改单","en":"Amend"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000004', 'enterprise_qualification', '企业资质', 'Enterprise qualification', TRUE, 40, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"withdraw","name":{"zh":"撤回","en":"Withdraw"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000005', 'licence', '许可证件', 'Licences and permits', FALSE, 50, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"withdraw","name":{"zh":"撤回","en":"Withdraw"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000006', 'certificate_of_origin', '原产地证', 'Certificates of origin', FALSE, 60, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"amend","name":{"zh":"改单","en":"Amend"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000007', 'tax_payment', '税费支付', 'Taxes and fees', FALSE, 70, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"pay","name":{"zh":"支付","en":"Pay"}},{"code":"approve","name":{"zh":"复核","en":"Approve"}},{"code":"sign_agreement","name":{"zh":"签署三方协议","en":"Sign the payment agreement"}},{"code":"print","name":{"zh":"打印","en":"Print"}},{"code":"export","name":{"zh":"导出","en":"Export"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000008', 'export_rebate', '出口退税', 'Export tax rebate', FALSE, 80, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"withdraw","name":{"zh":"撤回","en":"Withdraw"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-000000000009', 'processing_trade', '加工贸易', 'Processing trade', FALSE, 90, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"amend","name":{"zh":"改单","en":"Amend"}},{"code":"close_out","name":{"zh":"核销","en":"Close out"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000a', 'cross_border_ecommerce', '跨境电商', 'Cross-border e-commerce', FALSE, 100, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"export","name":{"zh":"导出","en":"Export"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000b', 'articles_clearance', '物品通关', 'Clearance of articles', FALSE, 110, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000c', 'port_logistics', '口岸物流', 'Port logistics', FALSE, 120, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"cancel","name":{"zh":"撤销","en":"Cancel"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000d', 'export_credit_insurance', '出口信保', 'Export credit insurance', FALSE, 130, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"claim","name":{"zh":"索赔","en":"Claim"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000e', 'service_trade', '服务贸易', 'Trade in services', FALSE, 140, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"create","name":{"zh":"录入","en":"Create"}},{"code":"edit","name":{"zh":"修改","en":"Edit"}},{"code":"submit","name":{"zh":"申报","en":"Submit"}},{"code":"print","name":{"zh":"打印","en":"Print"}}]', 1, 1795276800000, 1795276800000),
    ('019aa9a5-6c00-7000-8000-00000000000f', 'query_statistics', '查询统计', 'Queries and statistics', FALSE, 150, '[{"code":"view","name":{"zh":"查看","en":"View"}},{"code":"print","name":{"zh":"打印","en":"Print"}},{"code":"export","name":{"zh":"导出","en":"Export"}},{"code":"subscribe","name":{"zh":"订阅","en":"Subscribe"}}]', 1, 1795276800000, 1795276800000);

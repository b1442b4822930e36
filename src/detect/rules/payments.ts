import { type Rule, token } from "../rule.ts";

/** Payment providers and shops. */
export const PAYMENT_RULES: readonly Rule[] = [
  {
    id: "stripe-secret-key",
    label: "a Stripe key",
    keywords: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_"],
    pattern: token("[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,247}"),
    positives: ["sk_live_{alnum:24}", "sk_test_51{alnum:97}", "rk_live_{alnum:24}", 'x\\nsk_test_{alnum:24}"'],
    negatives: ["pk_live_{alnum:24}", "sk_live_", "sk_test_short", "task_test_{alnum:24}"],
  },
  {
    id: "stripe-webhook-secret",
    label: "a webhook signing secret",
    keywords: ["whsec_"],
    pattern: token("whsec_[A-Za-z0-9+/]{24,100}={0,2}"),
    positives: ["whsec_{alnum:32}", "whsec_{base64:43}="],
    negatives: ["whsec_", "whsec_test"],
  },
  {
    id: "square-token",
    label: "a Square token",
    keywords: ["sq0atp-", "sq0csp-"],
    pattern: token("sq0(?:atp-[\\w-]{22}|csp-[\\w-]{43})"),
    positives: ["sq0atp-{alnum:22}", "sq0csp-{alnum:43}"],
    negatives: ["sq0idp-{alnum:22}"],
  },
  {
    id: "shopify-token",
    label: "a Shopify token",
    keywords: ["shpat_", "shpca_", "shppa_", "shpss_"],
    pattern: token("shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    positives: ["shpat_{hex:32}", "shpss_{hex:32}"],
    negatives: ["shpat_{hex:31}"],
  },
  {
    id: "braintree-token",
    label: "a Braintree token",
    keywords: ["access_token$"],
    pattern: token("access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}"),
    positives: ["access_token$production${lower:16}${hex:32}"],
    negatives: ["access_token$production$x"],
  },
  {
    id: "paddle-key",
    label: "a Paddle key",
    keywords: ["pdl_"],
    pattern: token("pdl_(?:live_|sdbx_)?apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}"),
    positives: ["pdl_live_apikey_{lower:26}_{alnum:22}_{alnum:3}"],
    negatives: ["pdl_live_apikey_"],
  },
];

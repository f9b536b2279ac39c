// The document names its own operations; nothing is fetched from elsewhere, and no validator is asked.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});

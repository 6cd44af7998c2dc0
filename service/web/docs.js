"use strict";

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#endpoints",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null, // the document is not sent anywhere to be checked
});

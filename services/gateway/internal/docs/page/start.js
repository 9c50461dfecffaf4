// Whoever is signed in to the gallery tries the calls with that session: the word of its page goes with every change.
const session = fetch('/session').then((answer) => (answer.ok ? answer.json() : {}), () => ({}))

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#calls',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: async (request) => {
    const { csrfToken } = await session
    if (csrfToken && request.method && request.method !== 'GET' && !request.headers.Authorization) {
      request.headers['X-CSRF-Token'] = csrfToken
    }
    return request
  },
})

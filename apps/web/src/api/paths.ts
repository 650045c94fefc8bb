export type paths = {
  '/api/v1/auth/me': { get: { responses: { 200: { content: { 'application/json': { user: { email: string } } } } } } }
  '/api/v1/setup': {
    post: {
      requestBody: { content: { 'application/json': { token: string; email: string; password: string; name: string } } }
      responses: { 201: { content: { 'application/json': { id: string } } } }
    }
  }
  '/api/v1/files': {
    get: {
      parameters: { query?: { cursor?: string; limit?: number } }
      responses: {
        200: { content: { 'application/json': { files: ListedFile[]; nextCursor: string | null } } }
      }
    }
  }
  '/api/v1/files/{hash}': {
    delete: {
      parameters: { path: { hash: string } }
      responses: { 200: { content: { 'application/json': { deleted: number } } } }
    }
  }
  '/api/v1/files/upload': {
    post: {
      requestBody: { content: { 'multipart/form-data': { file: string } } }
      responses: {
        201: { content: { 'application/json': { file: ListedFile; pin: { requestid: string; status: string } } } }
      }
    }
  }
}
type ListedFile = {
  id: string
  cid: string
  name: string
  size: number
  contentType: string
  createdAt: string
  pin: { requestid: string; status: 'queued' | 'pinning' | 'pinned' | 'degraded' | 'failed' }
}

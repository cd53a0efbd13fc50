// The floor of an ingest benchmark: the body is read and parsed as JSON, its points are counted, nothing else.
export default {
  async fetch(request) {
    const { points } = await request.json();
    return Response.json({ accepted: points.length }, { status: 202 });
  },
};

/** Send a file, and watch it go: what comes back is written to a field. */
import { failure, fetchBoot, tokenNow } from './call';
import { setConnection } from './connection';
import { OfflineError, RpcError } from './errors';

/** A file that the server keeps for some hours, until a record takes it. */
export interface Uploaded {
  upload: string;
  name: string;
  type: string;
  size: number;
}
export interface Sending {
  done: Promise<Uploaded>;
  stop: () => void;
}
export class StoppedError extends Error {}

/** One attempt; `fetch` cannot tell how far it is, so this is the older way. */
function attempt(file: File, request: XMLHttpRequest, onProgress: (part: number) => void): Promise<Uploaded> {
  return new Promise((done, fail) => {
    request.open('POST', `/file/upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-CSRF-Token', tokenNow());
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onabort = () => fail(new StoppedError('Stopped.'));
    request.onerror = () => {
      setConnection({ online: false });
      fail(new OfflineError());
    };
    request.onload = () => {
      setConnection({ online: true });
      if (request.status < 300) return done(JSON.parse(request.responseText) as Uploaded);
      const told = new Response(request.responseText, { status: request.status });
      void failure(told).then((error) => {
        if (error.status === 401) setConnection({ expired: true });
        fail(error.status === 413 ? tooLarge(error) : error);
      });
    };
    request.send(file);
  });
}

const tooLarge = (error: RpcError): RpcError =>
  new RpcError(413, { code: error.code, text: 'The server takes no file of this size.' }, error.requestId);

/** Begin to send; `stop` ends it, and `done` fails with a StoppedError then. */
export function upload(file: File, onProgress: (part: number) => void): Sending {
  let request = new XMLHttpRequest();
  const first = attempt(file, request, onProgress);
  const done = first.catch(async (error: unknown) => {
    if (!(error instanceof RpcError) || error.code !== 'csrf') throw error;
    await fetchBoot();
    request = new XMLHttpRequest();
    return attempt(file, request, onProgress);
  });
  return { done, stop: () => request.abort() };
}

// The publisher's and the player's side of the latency bench: a clock drawn as a bar code.
const BITS = 24;
const CELL = 24;
const WIDTH = BITS * CELL;

function draw(context) {
  const value = Date.now() % 2 ** BITS;
  context.fillStyle = "#777";
  context.fillRect(0, 0, WIDTH, 320);
  for (let bit = 0; bit < BITS; bit++) {
    context.fillStyle = (value >> bit) & 1 ? "#fff" : "#000";
    context.fillRect(bit * CELL, 0, CELL, 160);
  }
}

window.publish = async (url, token) => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 320;
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  setInterval(() => draw(context), 20);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const out = audio.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const connection = new RTCPeerConnection();
  const picture = canvas.captureStream(25).getVideoTracks()[0];
  const sender = connection.addTransceiver(picture, { direction: "sendonly" });
  const h264 = RTCRtpSender.getCapabilities("video").codecs.filter(
    (c) => c.mimeType === "video/H264",
  );
  sender.setCodecPreferences(h264);
  connection.addTransceiver(out.stream.getAudioTracks()[0], { direction: "sendonly" });
  await connection.setLocalDescription();
  await new Promise((done) => {
    connection.onicegatheringstatechange = () =>
      connection.iceGatheringState === "complete" && done();
    if (connection.iceGatheringState === "complete") done();
  });
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
    body: connection.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
};

window.play = (url, config) => {
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  window.seen = { glass: [], dated: [], stalls: 0, errors: [], rate: 1 };
  const hls = new Hls(config);
  window.hls = hls;
  window.video = video;
  hls.on(Hls.Events.ERROR, (_, data) => {
    window.seen.errors.push(`${data.details}${data.fatal ? " (fatal)" : ""}`);
    if (data.details === "bufferStalledError") window.seen.stalls += 1;
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  const look = (now, frame) => {
    // Three rows below the top, at the height of the code.
    context.drawImage(video, 0, video.videoHeight / 4, video.videoWidth, 1, 0, 0, WIDTH, 1);
    const row = context.getImageData(0, 0, WIDTH, 1).data;
    let value = 0;
    let clear = true;
    for (let bit = 0; bit < BITS; bit++) {
      const light = row[(bit * CELL + CELL / 2) * 4];
      if (light > 80 && light < 176) clear = false;
      if (light > 128) value += 2 ** bit;
    }
    if (clear) {
      const behind = (Date.now() % 2 ** BITS) - value;
      window.seen.glass.push((behind + 2 ** BITS) % 2 ** BITS);
      if (hls.playingDate) window.seen.dated.push(Date.now() - hls.playingDate.getTime());
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
};

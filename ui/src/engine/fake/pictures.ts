// Drawn people in place of cameras: a room, shoulders, a face. Plain shapes, so that they cost nothing and are always the same.

import type { PicturesOn, Unlisten } from '../engine';

const WIDTH = 640;
const HEIGHT = 360;
const EVERY_MS = 100;

export class DrawnPictures implements PicturesOn<'canvas', HTMLCanvasElement> {
  readonly element = 'canvas';
  readonly supported = true;

  constructor(private readonly moving: boolean) {}

  attach(
    streamId: number,
    canvas: HTMLCanvasElement,
    sized: (width: number, height: number) => void,
  ): Unlisten {
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    canvas.dataset.streamId = String(streamId);
    let frames = 0;
    const paint = () => {
      // jsdom has no canvas; tests of components do without the drawing.
      const context = canvas.getContext?.('2d');
      if (!context) return;
      if (streamId >= 900) drawScreen(context);
      else drawPerson(context, streamId, this.moving ? performance.now() / 1000 : 0);
      frames += 1;
      canvas.dataset.frames = String(frames);
    };
    paint();
    sized(WIDTH, HEIGHT);
    const timer = this.moving ? setInterval(paint, EVERY_MS) : undefined;
    return () => clearInterval(timer);
  }

  shown(): void {}
}

interface Look {
  wall: string;
  wallDark: string;
  thing: 'window' | 'picture' | 'lamp' | 'plant';
  skin: string;
  skinDark: string;
  hair: string;
  style: 'bun' | 'short' | 'round' | 'long' | 'scarf';
  coat: string;
  shirt: string;
  glasses: boolean;
}

const LOOKS: Look[] = [
  {
    wall: '#dbe4e2',
    wallDark: '#bccac8',
    thing: 'window',
    skin: '#eec1a2',
    skinDark: '#b9957c',
    hair: '#33231d',
    style: 'bun',
    coat: '#eef1f0',
    shirt: '#3e8188',
    glasses: false,
  },
  {
    wall: '#d3bda0',
    wallDark: '#a98a6c',
    thing: 'lamp',
    skin: '#f0cdb4',
    skinDark: '#bd9f86',
    hair: '#c3c4c1',
    style: 'short',
    coat: '#85647c',
    shirt: '#f1e7df',
    glasses: true,
  },
  {
    wall: '#53636c',
    wallDark: '#39464e',
    thing: 'plant',
    skin: '#e9bd97',
    skinDark: '#b98f6f',
    hair: '#15110f',
    style: 'short',
    coat: '#52545f',
    shirt: '#8f949c',
    glasses: false,
  },
  {
    wall: '#b9d3b4',
    wallDark: '#7fa57b',
    thing: 'window',
    skin: '#7f543b',
    skinDark: '#573825',
    hair: '#14100e',
    style: 'round',
    coat: '#c38a43',
    shirt: '#d59d55',
    glasses: false,
  },
  {
    wall: '#54433a',
    wallDark: '#3a2d26',
    thing: 'picture',
    skin: '#d9a883',
    skinDark: '#a97d5d',
    hair: '#17120f',
    style: 'short',
    coat: '#6d7d5b',
    shirt: '#8d9b78',
    glasses: true,
  },
  {
    wall: '#a9c0cf',
    wallDark: '#839caf',
    thing: 'picture',
    skin: '#f2d2bf',
    skinDark: '#c9a792',
    hair: '#8a5636',
    style: 'long',
    coat: '#5c8f8b',
    shirt: '#79a6a2',
    glasses: false,
  },
  {
    wall: '#e3cbb9',
    wallDark: '#c9a68d',
    thing: 'plant',
    skin: '#b47c53',
    skinDark: '#855637',
    hair: '#15110f',
    style: 'long',
    coat: '#9b4a68',
    shirt: '#b25c7c',
    glasses: false,
  },
  {
    wall: '#3f3d5b',
    wallDark: '#2c2b45',
    thing: 'lamp',
    skin: '#f1cfb4',
    skinDark: '#c4a084',
    hair: '#b98a55',
    style: 'short',
    coat: '#cfc8ba',
    shirt: '#e3dccd',
    glasses: false,
  },
  {
    wall: '#b4c9d8',
    wallDark: '#8ea9bc',
    thing: 'picture',
    skin: '#6d4732',
    skinDark: '#4a2e1f',
    hair: '#15110f',
    style: 'round',
    coat: '#3d6889',
    shirt: '#d9e0e4',
    glasses: false,
  },
  {
    wall: '#e5d0bf',
    wallDark: '#caa88f',
    thing: 'plant',
    skin: '#dfb08a',
    skinDark: '#b28561',
    hair: '#64808a',
    style: 'scarf',
    coat: '#44555c',
    shirt: '#586b73',
    glasses: false,
  },
];

function drawPerson(c: CanvasRenderingContext2D, id: number, seconds: number): void {
  const look = LOOKS[id % LOOKS.length] as Look;
  c.setTransform(1, 0, 0, 1, 0, 0);
  room(c, look);
  // A calm breath, so that one sees it live.
  const breath = Math.sin(seconds * 1.4 + id) * 1.2;
  c.setTransform(1, 0, 0, 1, WIDTH / 2, 14 + breath);
  person(c, look);
}

function room(c: CanvasRenderingContext2D, { wall, wallDark, thing }: Look): void {
  const light = c.createLinearGradient(0, 0, WIDTH, HEIGHT);
  light.addColorStop(0, wall);
  light.addColorStop(1, wallDark);
  c.fillStyle = light;
  c.fillRect(0, 0, WIDTH, HEIGHT);
  c.save();
  c.filter = 'blur(7px)';
  if (thing === 'window') {
    box(c, 'rgb(255 255 255 / .55)', 26, -20, 170, 214, 4);
    for (const [x, y] of [
      [40, -6],
      [116, -6],
      [40, 96],
      [116, 96],
    ] as const) {
      box(c, 'rgb(220 238 248 / .95)', x, y, 66, 88, 3);
    }
  }
  if (thing === 'picture') {
    box(c, 'rgb(255 255 255 / .6)', 74, 16, 110, 130, 3);
    box(c, 'rgb(70 100 120 / .45)', 90, 32, 78, 98, 2);
  }
  if (thing === 'lamp') {
    blob(c, 'rgb(255 226 160 / .55)', 520, 90, 110, 110);
    c.fillStyle = 'rgb(255 240 205 / .95)';
    c.beginPath();
    c.moveTo(486, 40);
    c.lineTo(554, 40);
    c.lineTo(584, 116);
    c.lineTo(456, 116);
    c.fill();
    box(c, 'rgb(90 66 44 / .7)', 515, 116, 10, 260, 2);
  }
  if (thing === 'plant' || thing === 'window') {
    c.fillStyle = 'rgb(56 112 74 / .85)';
    for (const lean of [-0.7, -0.3, 0.05, 0.4, 0.75]) {
      c.save();
      c.translate(556, 240);
      c.rotate(lean);
      c.beginPath();
      c.ellipse(0, -62, 17, 66, 0, 0, 7);
      c.fill();
      c.restore();
    }
    box(c, 'rgb(168 106 78 / .9)', 528, 236, 56, 76, 8);
  }
  c.restore();
}

function person(c: CanvasRenderingContext2D, look: Look): void {
  const { skin, skinDark, hair, style, coat, shirt, glasses } = look;
  // Hair that falls behind the shoulders.
  if (style === 'long') box(c, hair, -72, 92, 144, 150, 50);
  if (style === 'scarf') {
    c.fillStyle = hair;
    c.beginPath();
    c.moveTo(-74, 120);
    c.quadraticCurveTo(-96, 260, -130, 330);
    c.lineTo(130, 330);
    c.quadraticCurveTo(96, 260, 74, 120);
    c.fill();
  }
  if (style === 'bun') blob(c, hair, 0, 62, 32, 30);
  if (style === 'round') blob(c, hair, 0, 128, 96, 84);
  // Shoulders.
  c.fillStyle = coat;
  c.beginPath();
  c.moveTo(-190, 360);
  c.bezierCurveTo(-170, 278, -96, 276, -40, 256);
  c.lineTo(40, 256);
  c.bezierCurveTo(96, 276, 170, 278, 190, 360);
  c.fill();
  c.fillStyle = shirt;
  c.beginPath();
  c.moveTo(-40, 254);
  c.lineTo(-22, 360);
  c.lineTo(22, 360);
  c.lineTo(40, 254);
  c.fill();
  // Neck, with the shadow of the chin.
  box(c, skinDark, -30, 206, 60, 62, 12);
  c.fillStyle = skin;
  c.beginPath();
  c.moveTo(-30, 240);
  c.quadraticCurveTo(0, 262, 30, 240);
  c.lineTo(30, 258);
  c.quadraticCurveTo(0, 300, -30, 258);
  c.fill();
  // Head.
  if (style !== 'scarf') {
    blob(c, skinDark, -66, 164, 11, 18);
    blob(c, skinDark, 66, 164, 11, 18);
  }
  blob(c, skin, 0, 158, 64, 76);
  hairFront(c, style, hair);
  face(c, hair, glasses);
}

function hairFront(c: CanvasRenderingContext2D, style: Look['style'], hair: string): void {
  c.fillStyle = hair;
  c.beginPath();
  if (style === 'scarf') {
    c.ellipse(0, 150, 84, 92, 0, 0, 7);
    c.ellipse(0, 164, 56, 70, 0, 0, 7, true);
    c.fill('evenodd');
    return;
  }
  const down = style === 'short' ? 150 : 170;
  c.moveTo(-67, down);
  c.bezierCurveTo(-76, 50, 76, 50, 67, down);
  c.bezierCurveTo(60, 118, 46, 112, 30, 106);
  c.bezierCurveTo(-10, 116, -46, 126, -67, down);
  c.fill();
}

function face(c: CanvasRenderingContext2D, hair: string, glasses: boolean): void {
  const dark = '#2b2320';
  for (const side of [-1, 1]) {
    blob(c, dark, side * 24, 160, 4.4, 5.6);
    stroke(c, hair, 4, [side * 36, 142, side * 24, 136, side * 13, 141]);
    blob(c, 'rgb(214 120 96 / .22)', side * 34, 186, 15, 11);
    if (glasses) {
      c.strokeStyle = dark;
      c.lineWidth = 3.4;
      c.beginPath();
      c.roundRect(side * 24 - 19, 146, 38, 30, 11);
      c.stroke();
    }
  }
  if (glasses) stroke(c, dark, 3.4, [-5, 158, 0, 155, 5, 158]);
  stroke(c, 'rgb(90 50 30 / .45)', 3, [-2, 166, -8, 184, 1, 186]);
  stroke(c, '#7c4336', 3.6, [-18, 202, 0, 216, 18, 202]);
}

function drawScreen(c: CanvasRenderingContext2D): void {
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.fillStyle = '#f7f7f4';
  c.fillRect(0, 0, WIDTH, HEIGHT);
  box(c, '#2f5fb3', 40, 36, 250, 22, 4);
  for (let line = 0; line < 9; line += 1) box(c, '#c7ccd1', 40, 84 + line * 26, 230 - (line % 3) * 30, 10, 4);
  for (let bar = 0; bar < 6; bar += 1) {
    const height = 60 + ((bar * 47) % 130);
    box(c, bar === 3 ? '#0a6870' : '#9fc3c6', 330 + bar * 46, 310 - height, 30, height, 4);
  }
}

function blob(
  c: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  rx: number,
  ry: number,
): void {
  c.fillStyle = colour;
  c.beginPath();
  c.ellipse(x, y, rx, ry, 0, 0, 7);
  c.fill();
}

function box(
  c: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  c.fillStyle = colour;
  c.beginPath();
  c.roundRect(x, y, width, height, radius);
  c.fill();
}

type Curve = [x: number, y: number, throughX: number, throughY: number, toX: number, toY: number];

function stroke(c: CanvasRenderingContext2D, colour: string, width: number, curve: Curve): void {
  const [x, y, throughX, throughY, toX, toY] = curve;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.lineCap = 'round';
  c.beginPath();
  c.moveTo(x, y);
  c.quadraticCurveTo(throughX, throughY, toX, toY);
  c.stroke();
}

import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import Supercluster from 'supercluster'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import outlineUrl from 'world-atlas/land-110m.json?url'
import { mediaUrl } from '@/api/media'
import type { Placed } from '@/map/places'
import { tilesInUse, type Tiles } from '@/map/tiles'

export interface WorldMapOptions {
  element: HTMLElement
  /** The name of a pin for everyone who does not see it. */
  label: (photos: number, name: string) => string
  zoomIn: string
  zoomOut: string
  /** Told what is in view, whenever that changes. */
  moved: (inView: readonly Placed[]) => void
  /** A single photo, or some at one place, were chosen. */
  chosen: (photos: readonly Placed[]) => void
}

export interface WorldMap {
  /** The map itself, for what else is to lie on it. */
  readonly ground: L.Map
  show(photos: Iterable<Placed>): void
  /** Look at all photos. */
  fit(): void
  /** Look at a point: near where there are tiles, else so that the outline tells where on earth it is. */
  look(latitude: number, longitude: number): void
  close(): void
}

const DEEPEST = 17
const RADIUS_PX = 70
const MOST_IN_VIEW = 400
type Point = Supercluster.PointFeature<{ placed: Placed }>
type Found = Supercluster.ClusterFeature<Supercluster.AnyProps> | Point

/** A map of the world: photos gathered into pins that part when one comes nearer. */
export function createWorldMap(options: WorldMapOptions): WorldMap {
  const map = L.map(options.element, { minZoom: 1, maxZoom: DEEPEST + 1, zoomControl: false, worldCopyJump: true })
  map.setView([25, 5], 2)
  L.control.zoom({ zoomInTitle: options.zoomIn, zoomOutTitle: options.zoomOut }).addTo(map)
  map.attributionControl.setPrefix(false)
  const ground = tilesInUse()
  void ground.then((tiles) => (closed ? undefined : drawGround(map, tiles)))
  const pins = createPins(map, options)
  let all: Placed[] = []
  let closed = false

  function draw(): void {
    const bounds = map.getBounds()
    pins.draw(bounds, Math.round(map.getZoom()))
    const inView = all.filter(({ latitude, longitude }) => bounds.contains([latitude, longitude]))
    options.moved(inView.slice(0, MOST_IN_VIEW))
  }

  const resized = new ResizeObserver(() => map.invalidateSize())
  resized.observe(options.element)
  map.on('moveend', draw)
  return {
    ground: map,
    show(photos) {
      all = [...photos]
      pins.load(all)
      draw()
    },
    fit() {
      const bounds = L.latLngBounds(all.map(({ latitude, longitude }) => [latitude, longitude]))
      if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: 12, animate: false })
    },
    look(latitude, longitude) {
      void ground.then((tiles) => {
        if (!closed) map.setView([latitude, longitude], tiles ? 12 : 4, { animate: false })
      })
    },
    close() {
      closed = true
      resized.disconnect()
      map.remove()
    },
  }
}

/** The pins of a map: one for each photo, or for the photos that would lie over one another. */
function createPins(map: L.Map, options: WorldMapOptions) {
  const layer = L.layerGroup().addTo(map)
  const index = new Supercluster<{ placed: Placed }>({ radius: RADIUS_PX, maxZoom: DEEPEST })
  const leaves = (id: number, most: number): Placed[] =>
    index.getLeaves(id, most).map((leaf) => (leaf as Point).properties.placed)

  function pinOf(found: Found): L.Marker {
    const id = idOf(found)
    const first = id === undefined ? (found as Point).properties.placed : leaves(id, 1)[0]
    const count = id === undefined ? 1 : Number((found.properties as Supercluster.ClusterProperties).point_count)
    const label = options.label(count, first?.photo.title || first?.photo.fileName || '')
    const icon = L.divIcon({ className: 'pin', html: pinElement(first?.photo.id ?? '', count), iconSize: [48, 48] })
    const pin = L.marker(placeOf(found), { icon, title: label, alt: label, keyboard: true })
    // Its number alone would be its name.
    pin.on('add', () => pin.getElement()?.setAttribute('aria-label', label))
    pin.on('keydown', ({ originalEvent: event }) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      choose(found, id)
    })
    return pin.on('click', () => choose(found, id))
  }

  function choose(found: Found, id: number | undefined): void {
    if (id === undefined) return options.chosen([(found as Point).properties.placed])
    const zoom = index.getClusterExpansionZoom(id)
    if (zoom <= DEEPEST) map.setView(placeOf(found), zoom)
    else options.chosen(leaves(id, MOST_IN_VIEW))
  }

  const pins = (): L.Marker[] => layer.getLayers() as L.Marker[]

  /** Whoever had the focus on a pin that is no more finds it on what came of it. */
  function focusNear(place: L.LatLng): void {
    const [nearest] = pins().sort((a, b) => map.distance(a.getLatLng(), place) - map.distance(b.getLatLng(), place))
    const element = nearest?.getElement() ?? map.getContainer()
    element.focus({ preventScroll: true })
  }

  return {
    load(all: readonly Placed[]) {
      index.load(all.map(pointOf))
    },
    draw(bounds: L.LatLngBounds, zoom: number) {
      const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const
      const focused = pins().find((pin) => pin.getElement() === document.activeElement)
      layer.clearLayers()
      for (const found of index.getClusters([...box], zoom) as Found[]) pinOf(found).addTo(layer)
      if (focused) focusNear(focused.getLatLng())
    },
  }
}

function pointOf(placed: Placed): Point {
  const geometry = { type: 'Point' as const, coordinates: [placed.longitude, placed.latitude] }
  return { type: 'Feature', geometry, properties: { placed } }
}

function placeOf(found: Found): L.LatLngTuple {
  const [longitude = 0, latitude = 0] = found.geometry.coordinates
  return [latitude, longitude]
}

function idOf(found: Found): number | undefined {
  return 'cluster_id' in found.properties ? Number(found.properties.cluster_id) : undefined
}

/** Tiles where the library has some; the outline of the land comes with the page, and stands in for those that fail. */
async function drawGround(map: L.Map, tiles: Tiles | undefined): Promise<void> {
  if (!tiles) return drawOutline(map)
  let came = false
  const layer = L.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: DEEPEST + 1 })
  layer.once('tileload', () => (came = true))
  layer.once('tileerror', () => {
    if (came) return
    layer.remove()
    void drawOutline(map)
  })
  layer.addTo(map)
}

async function drawOutline(map: L.Map): Promise<void> {
  const topology = (await (await fetch(outlineUrl)).json()) as Topology
  const land = unwrapped(feature(topology, topology.objects.land as GeometryCollection))
  for (const shift of [-360, 0, 360]) {
    const coordsToLatLng = ([longitude = 0, latitude = 0]: number[]): L.LatLng => L.latLng(latitude, longitude + shift)
    const style = { className: 'land', stroke: false }
    L.geoJSON(land, { interactive: false, style, coordsToLatLng, attribution: 'Natural Earth' }).addTo(map)
  }
}

/** Rings that cross the 180th meridian go on beyond it instead of jumping to the other edge of the map. */
function unwrapped(land: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  for (const { geometry } of land.features) {
    const polygons = geometry.type === 'MultiPolygon' ? geometry.coordinates : []
    for (const ring of polygons.flat()) {
      for (let i = 1; i < ring.length; i++) {
        const [before, here] = [ring[i - 1], ring[i]]
        if (!before || !here) continue
        const jump = (here[0] ?? 0) - (before[0] ?? 0)
        if (Math.abs(jump) > 180) here[0] = (here[0] ?? 0) - Math.sign(jump) * 360
      }
    }
  }
  return land
}

function pinElement(photoId: string, count: number): HTMLElement {
  const element = document.createElement('span')
  const image = document.createElement('img')
  image.src = mediaUrl(photoId, 'thumbnail')
  image.alt = ''
  element.append(image)
  if (count > 1) {
    const badge = document.createElement('b')
    badge.textContent = count > 999 ? `${Math.floor(count / 1000)}k` : String(count)
    element.append(badge)
  }
  return element
}

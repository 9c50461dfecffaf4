import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import Supercluster from 'supercluster'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import outlineUrl from 'world-atlas/land-110m.json?url'
import { mediaUrl } from '@/api/media'
import type { Placed } from '@/map/places'
import type { Tiles } from '@/map/tiles'

export interface WorldMapOptions {
  element: HTMLElement
  /** The name of a pin for everyone who does not see it. */
  label: (photos: number, name: string) => string
  zoomIn: string
  zoomOut: string
  tiles: Tiles | undefined
  /** Told what is in view, whenever that changes. */
  moved: (inView: readonly Placed[]) => void
  /** A single photo, or some at one place, were chosen. */
  chosen: (photos: readonly Placed[]) => void
}

export interface WorldMap {
  show(photos: Iterable<Placed>): void
  /** Look at all photos. */
  fit(): void
  close(): void
}

const DEEPEST = 17
const RADIUS_PX = 70
const MOST_IN_VIEW = 400
type Point = GeoJSON.Feature<GeoJSON.Point, { placed: Placed }>
type Found = Supercluster.ClusterFeature<Supercluster.AnyProps> | Supercluster.PointFeature<{ placed: Placed }>

/** A map of the world: photos gathered into pins that part when one comes nearer. */
export function createWorldMap(options: WorldMapOptions): WorldMap {
  const map = L.map(options.element, { minZoom: 1, maxZoom: DEEPEST + 1, zoomControl: false, worldCopyJump: true })
  map.setView([25, 5], 2)
  L.control.zoom({ zoomInTitle: options.zoomIn, zoomOutTitle: options.zoomOut }).addTo(map)
  map.attributionControl.setPrefix(false)
  void drawGround(map, options.tiles)
  const pins = L.layerGroup().addTo(map)
  const index = new Supercluster<{ placed: Placed }>({ radius: RADIUS_PX, maxZoom: DEEPEST })
  let all: Placed[] = []

  function draw(): void {
    const [bounds, zoom] = [map.getBounds(), Math.round(map.getZoom())]
    const box: [number, number, number, number] = [
      bounds.getWest(),
      bounds.getSouth(),
      bounds.getEast(),
      bounds.getNorth(),
    ]
    pins.clearLayers()
    for (const found of index.getClusters(box, zoom) as Found[]) pinOf(found).addTo(pins)
    const inView = all.filter(({ latitude, longitude }) => bounds.contains([latitude, longitude]))
    options.moved(inView.slice(0, MOST_IN_VIEW))
  }

  function pinOf(found: Found): L.Marker {
    const [longitude = 0, latitude = 0] = found.geometry.coordinates
    const id = 'cluster_id' in found.properties ? Number(found.properties.cluster_id) : undefined
    const leaves = id === undefined ? [found as unknown as Point] : (index.getLeaves(id, 1) as Point[])
    const [first] = leaves.map((leaf) => leaf.properties.placed)
    const count = id === undefined ? 1 : Number((found.properties as Supercluster.ClusterProperties).point_count)
    const label = options.label(count, first?.photo.title || first?.photo.fileName || '')
    const icon = L.divIcon({ className: 'pin', html: pinElement(first?.photo.id ?? '', count), iconSize: [48, 48] })
    const pin = L.marker([latitude, longitude], { icon, title: label, alt: label, keyboard: true })
    pin.on('click', () => choose(found, id))
    return pin
  }

  function choose(found: Found, id: number | undefined): void {
    if (id === undefined) return options.chosen([(found as unknown as Point).properties.placed])
    const zoom = index.getClusterExpansionZoom(id)
    const [longitude = 0, latitude = 0] = found.geometry.coordinates
    if (zoom <= DEEPEST) map.setView([latitude, longitude], zoom)
    else options.chosen((index.getLeaves(id, MOST_IN_VIEW) as Point[]).map((leaf) => leaf.properties.placed))
  }

  const resized = new ResizeObserver(() => map.invalidateSize())
  resized.observe(options.element)
  map.on('moveend', draw)
  return {
    show(photos) {
      all = [...photos]
      index.load(
        all.map((placed) => ({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [placed.longitude, placed.latitude] },
          properties: { placed },
        })),
      )
      draw()
    },
    fit() {
      const bounds = L.latLngBounds(all.map(({ latitude, longitude }) => [latitude, longitude]))
      if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: 12, animate: false })
    },
    close() {
      resized.disconnect()
      map.remove()
    },
  }
}

/** The outline of the land comes with the page; tiles only from where the user says. */
async function drawGround(map: L.Map, tiles: Tiles | undefined): Promise<void> {
  if (tiles) {
    L.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: DEEPEST + 1 }).addTo(map)
    return
  }
  const topology = (await (await fetch(outlineUrl)).json()) as Topology
  const land = feature(topology, topology.objects.land as GeometryCollection)
  L.geoJSON(land, { interactive: false, style: { className: 'land', weight: 1 }, attribution: 'Natural Earth' }).addTo(
    map,
  )
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

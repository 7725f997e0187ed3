import { Link, useSearch } from "wouter";
import { Picture } from "../parts/picture";
import { toSearchParameters } from "./catalogueApi";
import "./home.css";
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
          <h1>Good things, always in reach</h1>
          <p>For your kitchen, your desk and your travels. Delivered to your door.</p>
          <Link href="/?sort=newest" className="button-main">
            See what is new
          </Link>
        </div>
        <div className="hero-pictures">
          {HERO.map((name) => (
            <Picture key={name} name={name} isFirst />
          ))}
        </div>
      </section>
      <ProductRow title="New in the store" products={useRow({ sort: "newest" })} isFirst />
      <section className="row" aria-label="Categories">
        <h2>Shop by category</h2>
        <ul className="categories">
          {CATEGORIES.map((category) => (
            <li key={category}>
              <Link href={`/?${new URLSearchParams({ category })}`}>
                <Picture name={category} category={category} />
                {category}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <ProductRow title="Recently viewed" products={useRecentlyViewed()} />
    </div>
  );
}

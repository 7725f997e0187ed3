import { type SelectHTMLAttributes, useId } from "react";

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> {
  label: string;
  name: string;
  /** Values with their words, in the order of the list. */
  options: readonly (readonly [value: string, words: string])[];
  onChange(value: string): void;
}

/** Choice of one value, with its label. */
export function Select({ label, options, onChange, className = "field", ...select }: SelectProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id} onChange={({ target }) => onChange(target.value)}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
